package org.iommu4j.tck.law.fault;

import org.iommu4j.api.Device;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Protection;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AFaultNamesItsDeviceItsAddressAndItsAccess implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "A refused request is reported once the unit has recorded it, with the device, the page "
                + "and the kind of access.";
    }

    @Override
    public void check(Stage stage) {
        for (Mover mover : stage.moversOfGroups(1)) {
            Scene scene = stage.scene(mover);
            Faults faults = new Faults(stage.bench());
            check(faults, mover, IOVA, Protection.READ);
            long other = IOVA + 7 * scene.pageSize();
            check(faults, mover, other, Protection.WRITE);
        }
    }

    private static void check(Faults faults, Mover mover, long iova, int access) {
        String what = String.format("%s of %s at %#x", access == Protection.READ ? "read" : "write",
                mover.device().address(), iova);
        DmaFault fault = faults.of(what, iova, access == Protection.READ ? () -> mover.load(iova)
                : () -> mover.store(iova));
        Broken.unless(isSource(fault.source(), mover.device()), "device of the fault of the " + what,
                mover.device().address(), fault.source());
        Broken.unlessEqual("access of the fault of the " + what, access, fault.access());
    }

    /** Behind a bridge that speaks for its bus, a request carries the bus and any device number. */
    private static boolean isSource(PciAddress source, Device device) {
        boolean alone = device.group().devices().size() == 1;
        return source.equals(device.address()) || !alone && source.segment() == device.address().segment()
                && source.bus() == device.address().bus();
    }
}
