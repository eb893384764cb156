"""How a record is indexed: MeSH headings, substances, publication types, keywords. Pure.

Structure as in NLM's DTD (pubmed_260101.dtd).
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from kb.record.article import Chemical, Keyword, MeshHeading, PublicationType, SupplementaryConcept
from kb.record.markup import child, child_text, text_of


def mesh(citation: Element) -> Iterator[MeshHeading]:
    """A heading for each descriptor and qualifier; a descriptor that is major makes all so."""
    for heading in citation.findall("MeshHeadingList/MeshHeading"):
        descriptor = child(heading, "DescriptorName")
        ui, name = descriptor.get("UI"), text_of(descriptor)
        major = descriptor.get("MajorTopicYN") == "Y"
        qualifiers = heading.findall("QualifierName")
        if not qualifiers:
            yield MeshHeading(ui, name, None, None, major)
        for qualifier in qualifiers:
            starred = major or qualifier.get("MajorTopicYN") == "Y"
            yield MeshHeading(ui, name, qualifier.get("UI"), text_of(qualifier), starred)


def supplementary_mesh(citation: Element) -> tuple[SupplementaryConcept, ...]:
    return tuple(
        SupplementaryConcept(concept.get("UI"), text_of(concept), concept.get("Type"))
        for concept in citation.findall("SupplMeshList/SupplMeshName")
    )


def chemicals(citation: Element) -> tuple[Chemical, ...]:
    substances = []
    for chemical in citation.findall("ChemicalList/Chemical"):
        name = child(chemical, "NameOfSubstance")
        substances.append(
            Chemical(name.get("UI"), text_of(name), child_text(chemical, "RegistryNumber"))
        )
    return tuple(substances)


def publication_types(element: Element, path: str) -> tuple[PublicationType, ...]:
    return tuple(
        PublicationType(type_.get("UI") or None, text_of(type_))
        for type_ in element.findall(path)
        if text_of(type_)
    )


def keywords(citation: Element) -> Iterator[Keyword]:
    for listed in citation.findall("KeywordList"):
        for keyword in listed.findall("Keyword"):
            if text_of(keyword):
                major = keyword.get("MajorTopicYN") == "Y"
                yield Keyword(text_of(keyword), listed.get("Owner"), major)
