"""The running configuration of a node: a tree that typed lines change and text is printed from."""
