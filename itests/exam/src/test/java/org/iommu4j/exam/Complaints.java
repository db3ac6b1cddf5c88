package org.iommu4j.exam;

import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** What a component lacks, in words. Waiting for a configuration is no lack: machines start with theirs. */
final class Complaints {
    private Complaints() {
    }

    static List<String> of(ComponentDescriptionDTO component, ComponentConfigurationDTO instance) {
        List<String> complaints = new ArrayList<>();
        if (instance.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
            complaints.add(component.name + " failed: " + instance.failure);
        }
        for (UnsatisfiedReferenceDTO missing : instance.unsatisfiedReferences) {
            complaints.add(component.name + " lacks a service for its reference " + missing.name + " with target "
                    + missing.target);
        }
        return complaints;
    }
}
