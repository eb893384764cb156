"""How a record is indexed: MeSH headings, substances, publication types, keywords. Pure.

Structure as in NLM's DTD (pubmed_250101.dtd).
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from kb.record.article import Chemical, Heading, Keyword, PublicationType, SupplementaryConcept
from kb.record.markup import child, child_text, plain


def mesh(citation: Element) -> Iterator[Heading]:
    """A heading for each descriptor and qualifier; a descriptor that is major makes all so."""
    for heading in citation.findall("MeshHeadingList/MeshHeading"):
        descriptor = child(heading, "DescriptorName")
        ui, name = descriptor.get("UI"), plain(descriptor)
        major = descriptor.get("MajorTopicYN") == "Y"
        qualifiers = heading.findall("QualifierName")
        if not qualifiers:
            yield Heading(ui, name, None, None, major)
        for qualifier in qualifiers:
            starred = major or qualifier.get("MajorTopicYN") == "Y"
            yield Heading(ui, name, qualifier.get("UI"), plain(qualifier), starred)


def supplementary_mesh(citation: Element) -> tuple[SupplementaryConcept, ...]:
    return tuple(
        SupplementaryConcept(found.get("UI"), plain(found), found.get("Type"))
        for found in citation.findall("SupplMeshList/SupplMeshName")
    )


def chemicals(citation: Element) -> tuple[Chemical, ...]:
    found = []
    for chemical in citation.findall("ChemicalList/Chemical"):
        name = child(chemical, "NameOfSubstance")
        found.append(Chemical(name.get("UI"), plain(name), child_text(chemical, "RegistryNumber")))
    return tuple(found)


def publication_types(element: Element, path: str) -> tuple[PublicationType, ...]:
    return tuple(
        PublicationType(found.get("UI") or None, plain(found))
        for found in element.findall(path)
        if plain(found)
    )


def keywords(citation: Element) -> Iterator[Keyword]:
    for listed in citation.findall("KeywordList"):
        for keyword in listed.findall("Keyword"):
            if plain(keyword):
                major = keyword.get("MajorTopicYN") == "Y"
                yield Keyword(plain(keyword), listed.get("Owner"), major)
