package org.iommu4j.replay.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.iommu4j.api.Device;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.PciAddress;
import org.iommu4j.replay.plan.TraceDevice;
import org.iommu4j.replay.plan.TracePlan;

/** Compares the groups that core computed with those of the trace, invented functions left out. */
public final class GroupCheck {
    private GroupCheck() {
    }

    /** One sentence a group that differs; empty if all are equal. */
    public static List<String> differences(TracePlan plan, IommuOps iommu) {
        Set<PciAddress> known = plan.machine().devices().stream().filter(TraceDevice::grouped)
                .filter(TraceDevice::pci).map(InventedTopology::address).collect(Collectors.toSet());
        List<String> differences = new ArrayList<>();
        plan.machine().groups().forEach(group -> {
            Set<PciAddress> expected = group.devices().stream().map(plan.machine()::device)
                    .filter(TraceDevice::grouped).filter(TraceDevice::pci).map(InventedTopology::address)
                    .collect(Collectors.toCollection(TreeSet::new));
            for (PciAddress member : expected) {
                Set<PciAddress> found = iommu.device(member).group().devices().stream().map(Device::address)
                        .filter(known::contains).collect(Collectors.toCollection(TreeSet::new));
                if (!found.equals(expected)) {
                    differences.add(member + ": the trace has it in group " + group.number() + " with " + expected
                            + ", core with " + found);
                }
            }
        });
        return differences;
    }
}
