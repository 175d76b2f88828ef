"""What is measured on a folder of images, and how it is kept."""
