"""The console: pages that show and change what a sandbox holds, each with a twin in JSON."""
