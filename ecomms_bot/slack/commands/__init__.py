"""What people type after `/ecomms`: one table, and the functions that carry it out."""
