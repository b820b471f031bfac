"""What the web server adds around Streamlit: headers, compressed files, health, and the checks before it starts."""
