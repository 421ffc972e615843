"""JSON documents as the service sends them: equality, merge patches, partial loads, conversion, versions."""
