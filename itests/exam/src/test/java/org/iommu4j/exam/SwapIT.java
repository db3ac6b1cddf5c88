package org.iommu4j.exam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.iommu4j.api.status.SwapReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.exam.dma.Tally;
import org.iommu4j.exam.dma.Traffic;
import org.iommu4j.exam.lab.LabMachine;
import org.iommu4j.exam.lab.Traces;
import org.iommu4j.exam.lab.Vendor;
import org.iommu4j.exam.lab.Waits;
import org.iommu4j.exam.made.Jars;
import org.iommu4j.exam.made.Script;
import org.junit.Test;

/** The releases of each vendor's driver take over from each other a hundred times, under DMA and calls. */
public class SwapIT extends RunningSystem {
    private static final int SWAPS = 100 * Integer.getInteger("iommu4j.scale", 1);
    private static final String[] CLIENTS =
            {"org.iommu4j.core", "org.iommu4j.hwsim", "org.iommu4j.replay", "org.iommu4j.shell"};

    private int waited;

    @Test
    public void aHundredSwapsOfTheVtdDriverLoseNothingAndLeaveNothingBehind() {
        aHundredSwaps(Vendor.VTD);
    }

    @Test
    public void aHundredSwapsOfTheSmmuDriverLoseNothingAndLeaveNothingBehind() {
        aHundredSwaps(Vendor.SMMUV3);
    }

    @Test
    public void aHundredSwapsOfTheAmdDriverLoseNothingAndLeaveNothingBehind() {
        aHundredSwaps(Vendor.AMDVI);
    }

    private void aHundredSwaps(Vendor vendor) {
        List<String> lives = new CopyOnWriteArrayList<>();
        LabMachine machine = lab.machine(vendor);
        Script.set((step, about) -> {
            lives.add(step);
            return about;
        });
        lab.start(Jars.client());
        Waits.until("the client runs", () -> lives.contains("client started"));
        warmUp(vendor, machine);
        Traces traces = new Traces(lab.context(), vendor.bundle());
        Map<String, Integer> frames = machine.frames();
        Set<String> threads = Traces.threads();
        List<String> services = lab.registrations(CLIENTS);

        swapUnderTraffic(vendor, machine);

        assertEquals("activations of a client", List.of("client started"), lives);
        assertEquals("services of those who stayed", services, lab.registrations(CLIENTS));
        assertEquals("frames by owner", frames, machine.frames());
        Waits.until("threads are " + threads + " again", () -> Traces.threads().equals(threads));
        assertEquals("drivers installed", 1, lab.bundles(vendor.bundle()).size());
        assertEquals("class loaders of drivers so far", SWAPS + 1, traces.classLoaders());
        assertEquals("class loaders of drivers left", 1, traces.classLoadersLeft(1));
        assertEquals(List.of(), traces.removalPending());
        assertTrue("only " + waited + " swaps let a call wait", waited > SWAPS * 8 / 10);
    }

    /** All that is made once only is there afterwards: tables of a bus, threads of the container. */
    private void warmUp(Vendor vendor, LabMachine machine) {
        try (Traffic traffic = machine.traffic()) {
            lab.swap(vendor, vendor.next());
            lab.swap(vendor, vendor.driver());
            assertUnharmed(traffic.tally());
        }
    }

    private void swapUnderTraffic(Vendor vendor, LabMachine machine) {
        try (Traffic traffic = machine.traffic()) {
            for (int i = 0; i < SWAPS; i++) {
                swapOnce(vendor, i, machine, traffic.tally());
            }
            traffic.end();
            assertUnharmed(traffic.tally());
        }
    }

    private void swapOnce(Vendor vendor, int number, LabMachine machine, Tally tally) {
        Path successor = number % 2 == 0 ? vendor.next() : vendor.driver();
        long calls = tally.entered();
        long translations = machine.translations();
        long misses = machine.iotlbMisses();
        SwapReport report = lab.swap(vendor, successor);
        String swap = "swap " + number + ", " + report;
        assertTrue(swap + ": no call", tally.entered() > calls);
        assertTrue(swap + ": no DMA", machine.translations() > translations);
        assertTrue(swap + ": no IOTLB miss", machine.iotlbMisses() > misses);
        assertTrue(swap, report.to().contains(number % 2 == 0 ? " 1.1.0" : " 1.0.0"));
        assertEquals(swap, UnitState.DRIVEN, machine.unit().state());
        assertUnharmed(tally);
        waited += report.callWaitMaxNanos() > 0 ? 1 : 0;
    }
}
