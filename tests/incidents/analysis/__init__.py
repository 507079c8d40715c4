"""What is read out of evidence without a person."""
