"""Figures of this machine, each beside a peer in the same run; nothing here fails or passes."""
