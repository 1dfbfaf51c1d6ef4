"""What every signed thing shares: header, number, canonical content, signatures, definitions, tasks, attachments."""
