"""The running configuration of one node: a tree of sections that typed lines change and text is printed from."""
