"""One file per verb: joins the parts. fleet.py fans out over switches."""
