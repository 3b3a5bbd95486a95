"""GXO warehouses: X12 4010 messages in files on an SFTP server.

Belongs here: the codec, the messages, the folders. Does not: what an order needs, or where rows go.
"""
