"""The weekly check of our pages: the rota, the guided check, its receipt, and a second look at what was judged safe."""
