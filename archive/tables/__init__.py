"""Tables of data in uploaded xlsx and csv files, read in a confined process (`reading`)."""
