package org.iommu4j.hwsim.device;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/** Checks of register accesses. */
final class Offsets {
    private Offsets() {
    }

    static void check(long offset, int size, long length) {
        if ((offset & size - 1) != 0 || offset < 0 || offset > length - size) {
            throw refuse(offset, String.format("is no multiple of %d below %#x", size, length));
        }
    }

    static IommuException refuse(long offset, String problem) {
        return IommuException.of(Reason.BAD_ADDRESS, "register offset %#x %s", offset, problem);
    }
}
