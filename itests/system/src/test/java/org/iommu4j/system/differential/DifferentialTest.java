package org.iommu4j.system.differential;

import java.io.IOException;
import org.iommu4j.system.kit.Benches;
import org.iommu4j.system.rig.QemuRig;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.tck.kit.Deviations;
import org.iommu4j.tck.stage.Bench;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random calls, transfers and faults go the same way on the model and on QEMU, which have one author each. */
class DifferentialTest {
    /** {@code iommu4j.scale} 34 makes 10,000. */
    private static final int STEPS = 300 * Integer.getInteger("iommu4j.scale", 1);
    private static final long SEED = Long.getLong("iommu4j.seed", 20_261_121);

    @ParameterizedTest
    @EnumSource
    void theModelAndQemuAgree(Twin twin) throws IOException {
        try (QemuRig qemu = new QemuRig(twin.qemu()); Rig model = new Rig(twin.model(), twin.vendor().driver());
                Side ofQemu = side(Benches.of(qemu, twin.vendor()::driver), twin);
                Side ofModel = side(Benches.of(model, twin.vendor()::driver), twin)) {
            new Run(ofModel, ofQemu, twin, Deviations.of(twin.qemu().text()), SEED).steps(STEPS);
        }
    }

    private static Side side(Bench bench, Twin twin) {
        return new Side(bench, twin.devices(), Run.DOMAINS);
    }
}
