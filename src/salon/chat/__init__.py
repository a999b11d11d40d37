"""What a conversation is: values and rules, free of the screen, the network and the disk."""
