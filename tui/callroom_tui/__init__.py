"""The screen: Callroom's client as a Textual application. It shows the model, and never opens a socket."""
