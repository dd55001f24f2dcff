-- Where tables made by an import of a new layer go.

create schema if not exists donnees;
