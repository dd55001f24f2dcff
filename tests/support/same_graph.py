#!/usr/bin/python3
"""Reads a graph in each of its forms with rdflib: FILE.ttl FILE.rdf FILE.jsonld. Says nothing and succeeds when they are
the same and every dcat:Dataset has what DCAT-AP asks of it; status 77 where rdflib is not installed."""

import sys

try:
    from rdflib import Graph
    from rdflib.compare import graph_diff, to_isomorphic
    from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF
except ImportError:
    sys.exit(77)

FORMATS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
graphs = [Graph().parse(path, format=FORMATS[path.rsplit(".", 1)[1]]) for path in sys.argv[1:]]
first, *others = (to_isomorphic(graph) for graph in graphs)
faults = []
for path, other in zip(sys.argv[2:], others):
    if other != first:
        _, missing, more = graph_diff(first, other)
        faults.append(f"{path}: {len(missing)} statements missing, {len(more)} more: {list(missing)[:2]} {list(more)[:2]}")


def require(subject, *predicates):
    faults.extend(f"{subject} has no {predicate}" for predicate in predicates if (subject, predicate, None) not in first)


catalogues = list(first.subjects(RDF.type, DCAT.Catalog))
if len(catalogues) != 1:
    faults.append(f"{len(catalogues)} catalogues")
for catalogue in catalogues:
    require(catalogue, DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.dataset)
    for publisher in first.objects(catalogue, DCTERMS.publisher):
        require(publisher, FOAF.name)
listed = set(first.objects(None, DCAT.dataset))
if listed != set(first.subjects(RDF.type, DCAT.Dataset)):
    faults.append("the catalogue does not list its data sets")
for data_set in listed:
    require(data_set, DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.distribution)
for distribution in first.objects(None, DCAT.distribution):
    require(distribution, DCAT.accessURL)
    if (distribution, RDF.type, DCAT.Distribution) not in first:
        faults.append(f"{distribution} is no distribution")
print("\n".join(faults))
sys.exit(1 if faults else 0)
