package org.iommu4j.hwsim.machine;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineReader;

/** A machine of 1 GiB that is on, made of the devices that a test lists, with a {@link TestModel} above them. */
public final class TestBench implements AutoCloseable {
    /** No wait of a test is longer; only a failing test gets near it. */
    public static final long BOUND_SECONDS = 30;

    public final TestModel model;
    public final SimulatedMachine machine;
    public final PhysicalMemory memory;
    public final BlockingQueue<Integer> interrupts = new LinkedBlockingQueue<>();

    /** @param devices members of the array {@code devices} of a definition */
    public TestBench(TestModel.Rule rule, int dmaThreads, String... devices) {
        model = new TestModel(rule);
        machine = new SimulatedMachine(MachineReader.read(DefinitionNode.parse("test", json(dmaThreads, devices))),
                TestModel.models(model));
        memory = PhysicalMemory.temporary(machine.ram());
        machine.powerOn(memory, interrupts::add);
    }

    public static String json(int dmaThreads, String... devices) {
        return """
                {"name": "bench", "physicalAddressBits": 39, "dmaThreads": %d,
                 "ram": [{"start": 0, "length": "0x40000000"}],
                 "units": [{"name": "test0", "model": "test", "base": "0xfed90000"}],
                 "devices": [%s]}""".formatted(dmaThreads, String.join(",", List.of(devices)));
    }

    public PciFunction function(String address) {
        PciAddress wanted = PciAddress.parse(address);
        return machine.functions().stream().filter(function -> function.address().equals(wanted)).findFirst()
                .orElseThrow();
    }

    public int awaitInterrupt() throws InterruptedException {
        Integer vector = interrupts.poll(BOUND_SECONDS, TimeUnit.SECONDS);
        if (vector == null) {
            throw new AssertionError("no interrupt within " + BOUND_SECONDS + " s");
        }
        return vector;
    }

    /** Waits until a condition holds, which the caller expects soon. */
    public static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + BOUND_SECONDS + " s: " + what);
            }
            Thread.yield();
        }
    }

    @Override
    public void close() {
        machine.powerOff();
        memory.close();
    }
}
