"""What tests of Sijill, and of what is built on it, are made with: a fake clock, synthetic cases, tampering."""
