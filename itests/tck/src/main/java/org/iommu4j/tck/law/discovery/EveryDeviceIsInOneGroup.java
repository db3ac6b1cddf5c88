package org.iommu4j.tck.law.discovery;

import java.util.HashSet;
import java.util.Set;
import org.iommu4j.api.Device;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class EveryDeviceIsInOneGroup implements Law {
    @Override
    public String demands() {
        return "Each translated device is in exactly one group and knows it; a group of several says why "
                + "they are together.";
    }

    @Override
    public void check(Stage stage) {
        Set<Device> grouped = new HashSet<>();
        int number = 0;
        for (IommuGroup group : stage.bench().iommu().groups()) {
            Broken.unlessEqual("number of a group", number++, group.id());
            for (Device device : group.devices()) {
                Broken.unless(grouped.add(device), device.address() + " is in groups", "one", "several");
                Broken.unlessEqual("group of " + device.address(), group.id(), device.group().id());
            }
            Broken.unless(group.devices().size() == 1 || !group.reasons().isEmpty(),
                    "reasons of group " + group.id(), "a sentence", "none");
        }
        Broken.unlessEqual("devices in groups", Set.copyOf(stage.bench().iommu().devices()), grouped);
    }
}
