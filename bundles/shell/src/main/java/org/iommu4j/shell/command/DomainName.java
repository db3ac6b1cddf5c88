package org.iommu4j.shell.command;

import org.iommu4j.api.Domain;

/** How a domain is named in an answer: by its type and number. */
final class DomainName {
    private DomainName() {
    }

    static String of(Domain domain) {
        return domain.type() + "#" + domain.id();
    }
}
