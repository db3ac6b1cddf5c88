package org.iommu4j.exam.made;

import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuOps;

/** A client as the design asks for: static references to a machine's services, so that it must not notice a swap. */
public final class Client {
    /** Injected by the container. */
    public Client(IommuOps iommu, DomainOps domains) {
        Script.step("client started", iommu.machine());
    }

    void deactivate() {
        Script.step("client stopped", null);
    }
}
