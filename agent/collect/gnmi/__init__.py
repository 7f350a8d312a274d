"""gNMI dial-in: subscribe to the models of a switch and keep what it says."""
