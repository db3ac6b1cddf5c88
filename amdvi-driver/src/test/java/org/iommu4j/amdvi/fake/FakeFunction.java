package org.iommu4j.amdvi.fake;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.RegisterSpace;

/** An IOMMU's own function: capability block at 40h (section 3.3), MSI with 64-bit address at 54h. */
public final class FakeFunction implements PciFunction {
    private final PciAddress address;
    public final int[] space = new int[64];

    public FakeFunction(PciAddress address, boolean npCache) {
        this.address = address;
        space[0x34 / 4] = 0x40;
        space[0x40 / 4] = 1 << 27 | (npCache ? 1 << 26 : 0) | 1 << 19 | 3 << 16 | 0x54 << 8 | 0x0f;
        space[0x54 / 4] = 1 << 23 | 0x05;
    }

    @Override
    public PciAddress address() {
        return address;
    }

    @Override
    public int configurationLength() {
        return 256;
    }

    @Override
    public int readConfiguration(int offset) {
        return space[offset / 4];
    }

    @Override
    public void writeConfiguration(int offset, int value) {
        space[offset / 4] = value;
    }

    @Override
    public RegisterSpace bar(int index) {
        throw IommuException.of(Reason.NO_DEVICE, "BAR %d", index);
    }

    @Override
    public void enable(boolean on) {
        throw new UnsupportedOperationException();
    }
}
