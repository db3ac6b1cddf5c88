package org.iommu4j.benchmarks;

import static org.iommu4j.benchmarks.Pages.G1;
import static org.iommu4j.benchmarks.Pages.IOVA;
import static org.iommu4j.benchmarks.Pages.K4;
import static org.iommu4j.benchmarks.Pages.K64;
import static org.iommu4j.benchmarks.Pages.M2;
import static org.iommu4j.benchmarks.Pages.PA;
import static org.iommu4j.benchmarks.Pages.RUN_BYTES;
import static org.iommu4j.benchmarks.Pages.RW;

import org.iommu4j.api.Domain;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.hwsim.machine.Requester;

/** Uses a rig in all the ways that are measured, and leaves its domains as they were. */
final class Workout {
    private static final int TIMES = 500;

    private Workout() {
    }

    static void run(Rig rig) {
        Gather gather = new Gather();
        Requester requester = rig.requester();
        for (int i = 0; i < TIMES; i++) {
            long iova = IOVA + i % 8 * M2;
            core(rig, rig.loose, iova);
            core(rig, rig.strict, iova);
            driver(rig.unattached, iova, gather);
            driver(rig.attached, iova, gather);
            device(rig, requester, iova, gather);
        }
    }

    private static void core(Rig rig, Domain domain, long iova) {
        for (long length : new long[] {K4, K64, RUN_BYTES}) {
            rig.ops.map(domain, iova, PA, length, RW);
            check(rig.ops.translate(domain, iova + length - 1), PA + length - 1);
            check(rig.ops.unmap(domain, iova, length), length);
        }
        for (long length : new long[] {M2, G1}) {
            rig.ops.map(domain, 64 * G1, G1, length, RW);
            check(rig.ops.translate(domain, 64 * G1 + length - 1), G1 + length - 1);
            check(rig.ops.unmap(domain, 64 * G1, length), length);
        }
    }

    private static void driver(DriverDomain domain, long iova, Gather gather) {
        for (long length : new long[] {K4, RUN_BYTES}) {
            domain.map(iova, PA, length, RW, gather);
            check(domain.translate(iova), PA);
            check(domain.unmap(iova, length, gather), length);
            domain.sync(gather);
        }
    }

    private static void device(Rig rig, Requester requester, long iova, Gather gather) {
        rig.attached.map(iova, PA, RUN_BYTES, RW, gather);
        requester.enter();
        for (long at = 0; at < RUN_BYTES; at += K4) {
            check(requester.translate(Rig.RID, Requester.NO_PASID, iova + at, RW), PA + at);
        }
        requester.exit();
        rig.attached.unmap(iova, RUN_BYTES, gather);
        rig.attached.sync(gather);
    }

    private static void check(long found, long expected) {
        if (found != expected) {
            throw new IllegalStateException(String.format("%#x instead of %#x", found, expected));
        }
    }
}
