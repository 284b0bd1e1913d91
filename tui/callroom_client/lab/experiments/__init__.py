"""The experiments, one in each file; `callroom_client.lab.table` lists them."""
