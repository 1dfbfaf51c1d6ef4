"""Paper: charts, sheets and the PDF files that are made of them."""
