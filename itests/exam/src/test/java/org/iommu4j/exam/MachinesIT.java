package org.iommu4j.exam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Set;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.exam.dma.Tally;
import org.iommu4j.exam.dma.Traffic;
import org.iommu4j.exam.lab.LabMachine;
import org.iommu4j.exam.lab.Traces;
import org.iommu4j.exam.lab.Waits;
import org.junit.Test;

/** Machines side by side, one in scalable and one in legacy mode: each lives and goes by itself. */
public class MachinesIT extends RunningSystem {
    @Test
    public void oneSwapTakesEveryMachineAlong() {
        LabMachine one = lab.machine("one", "duo");
        LabMachine other = lab.machine("other", "legacy");
        try (Traffic first = one.traffic(); Traffic second = other.traffic()) {
            assertEquals(2, lab.swap(NEXT).units());
            assertTrue(one.unit().driver(), one.unit().driver().endsWith(" 1.1.0"));
            assertEquals(one.unit().driver(), other.unit().driver());
            assertEquals(2, lab.swap(DRIVER).units());
            first.end();
            second.end();
            assertUnharmed(first.tally());
            assertUnharmed(second.tally());
        }
    }

    @Test
    public void aMachineThatGoesWhileItsDevicesDoDmaLeavesNothingAndHarmsNoOther() {
        LabMachine stays = lab.machine("stays", "duo");
        try (Traffic traffic = stays.traffic()) {
            Set<String> threads = Traces.threads();
            for (int i = 0; i < 3; i++) {
                WeakReference<PhysicalMemory> memory = comeAndGo("goes", traffic.tally());
                Waits.until("threads are " + threads + " again", () -> Traces.threads().equals(threads));
                Waits.until("its memory is collected", () -> {
                    System.gc();
                    return memory.refersTo(null);
                });
            }
            assertEquals(List.of("stays"), lab.status().machines());
            assertEquals(1, lab.swap(NEXT).units());
            traffic.end();
            assertUnharmed(traffic.tally());
        }
    }

    /** A machine goes in the middle of DMA and calls; what is under way fails, nothing completes wrongly. */
    private WeakReference<PhysicalMemory> comeAndGo(String name, Tally other) {
        LabMachine goes = lab.machine(name, "legacy");
        WeakReference<PhysicalMemory> memory = new WeakReference<>(goes.memory().memory());
        Traffic doomed = goes.traffic();
        Waits.until("calls and DMA", () -> doomed.tally().returned() > 0 && doomed.tally().right() > 0);
        goes.delete();
        long right = other.right();
        long returned = other.returned();
        Waits.until("the other machine goes on", () -> other.right() > right && other.returned() > returned + 2);
        doomed.abandon();
        assertEquals("lost", 0, doomed.tally().lost());
        assertEquals("wrong", 0, doomed.tally().wrong());
        return memory;
    }
}
