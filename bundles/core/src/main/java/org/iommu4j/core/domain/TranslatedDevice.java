package org.iommu4j.core.domain;

import org.iommu4j.api.Device;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.core.topology.Node;

/** A function that a unit serves. Its group is set once, before anybody sees the device. */
final class TranslatedDevice implements Device {
    private final String machine;
    private final Node node;
    private volatile IommuGroup group;

    TranslatedDevice(String machine, Node node) {
        this.machine = machine;
        this.node = node;
    }

    @Override
    public String machine() {
        return machine;
    }

    @Override
    public PciAddress address() {
        return node.address();
    }

    @Override
    public int vendorId() {
        return node.vendorId();
    }

    @Override
    public int deviceId() {
        return node.deviceId();
    }

    @Override
    public int classCode() {
        return node.classCode();
    }

    @Override
    public IommuGroup group() {
        return group;
    }

    @Override
    public RegisterSpace bar(int index) {
        return node.function().bar(index);
    }

    Node node() {
        return node;
    }

    void group(IommuGroup joined) {
        group = joined;
    }

    @Override
    public String toString() {
        return machine + " " + address();
    }
}
