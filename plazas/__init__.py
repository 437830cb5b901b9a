"""Plazas: an agent-based model of how criminal organisations expand over territory."""
