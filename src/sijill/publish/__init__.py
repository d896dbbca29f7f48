"""What people read: for now the working record of a case, as static pages in English and Arabic."""
