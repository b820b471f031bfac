"""Briefing, notice and assignments as DOCX, PPTX and PDF."""
