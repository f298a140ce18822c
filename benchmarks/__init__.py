"""Figures of this machine, each beside its peers in the same run; nothing here fails or passes."""
