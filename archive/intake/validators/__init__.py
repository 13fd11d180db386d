"""One module for each file format. All of them run in a confined process, without Django."""
