"""What somebody who means harm would try, one file for each subject; each test failed before the attack was stopped."""
