"""What is asked of each system by `tieout doctor`, and written of it by `tieout init`: one module per system.

Belongs here: questions to a vendor about what is configured, and texts to begin a configuration with. Does not: which
systems there are (tieout.systems), or the order of examining (cli.doctor).
"""
