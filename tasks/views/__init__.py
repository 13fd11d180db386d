"""Screens: fetch what this person may see, bind a form, call one action, answer."""
