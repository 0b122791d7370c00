"""The rules that `contract.check` applies, a module for each subject."""
