package org.iommu4j.exam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.EnumMap;
import java.util.Map;
import org.iommu4j.api.status.SwapReport;
import org.iommu4j.exam.dma.Traffic;
import org.iommu4j.exam.lab.LabMachine;
import org.iommu4j.exam.lab.Vendor;
import org.iommu4j.exam.lab.Waits;
import org.junit.Test;

/** Three vendors in one container, all at work: a swap of one driver disturbs no other. */
public class NeighboursIT extends RunningSystem {
    private static final int ROUNDS = 4 * Integer.getInteger("iommu4j.scale", 1);

    private final Map<Vendor, LabMachine> machines = new EnumMap<>(Vendor.class);
    private final Map<Vendor, Traffic> traffic = new EnumMap<>(Vendor.class);

    @Test
    public void aSwapOfOneDriverDisturbsNoOther() {
        for (Vendor vendor : Vendor.values()) {
            machines.put(vendor, lab.machine(vendor));
        }
        try {
            machines.forEach((vendor, machine) -> traffic.put(vendor, machine.traffic()));
            for (int round = 0; round < ROUNDS; round++) {
                for (Vendor vendor : Vendor.values()) {
                    swap(vendor, round);
                }
            }
            traffic.values().forEach(Traffic::end);
            traffic.values().forEach(each -> assertUnharmed(each.tally()));
        } finally {
            traffic.values().forEach(Traffic::close);
        }
    }

    private void swap(Vendor vendor, int round) {
        Map<Vendor, Long> bundles = new EnumMap<>(Vendor.class);
        Map<Vendor, Long> returned = new EnumMap<>(Vendor.class);
        Map<Vendor, Long> translations = new EnumMap<>(Vendor.class);
        for (Vendor each : Vendor.values()) {
            bundles.put(each, lab.bundle(each.bundle()).getBundleId());
            returned.put(each, traffic.get(each).tally().returned());
            translations.put(each, machines.get(each).translations());
        }

        SwapReport report = lab.swap(vendor, round % 2 == 0 ? vendor.next() : vendor.driver());

        assertEquals(report.toString(), 1, report.units());
        assertTrue(report.toString(), report.to().startsWith(vendor.bundle()));
        for (Vendor each : Vendor.values()) {
            boolean same = bundles.get(each).equals(lab.bundle(each.bundle()).getBundleId());
            assertEquals(each + "'s bundle stays at a swap of " + vendor, each != vendor, same);
            Waits.until("calls return on " + each, () -> traffic.get(each).tally().returned() > returned.get(each));
            Waits.until("DMA goes on at " + each, () -> machines.get(each).translations() > translations.get(each));
            assertUnharmed(traffic.get(each).tally());
        }
    }
}
