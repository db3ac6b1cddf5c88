package org.iommu4j.fuzz;

import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.iommu4j.amdvi.AmdDriver;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.hwsim.definition.lspci.LspciDevices;
import org.iommu4j.hwsim.firmware.DmarUnits;
import org.iommu4j.hwsim.pci.PciTree;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.trace.TraceException;
import org.iommu4j.replay.trace.TraceSource;
import org.iommu4j.smmuv3.SmmuDriver;
import org.iommu4j.smmuv3.firmware.IortProbe;
import org.iommu4j.vtd.VtdDriver;

/** Each reader as a client of it, which takes its answer or its typed error and lets all else through. */
final class Readers {
    private static final int LENGTH = 4;
    private static final int CHECKSUM = 9;
    private static final int HEADER = 48;
    private static final long SMMU_BASE = 0x0905_0000L;

    private Readers() {
    }

    /** The bytes as they are, and with length and checksum made right, without which nothing behind them is read. */
    static void dmar(byte[] bytes) {
        readDmar(bytes);
        if (bytes.length >= HEADER) {
            readDmar(mended("DMAR", bytes));
        }
    }

    private static void readDmar(byte[] bytes) {
        Machine machine = withTable(bytes);
        typed(() -> new VtdDriver().probe(machine));
        typed(() -> new DmarUnits("fuzz", bytes, new PciTree(List.of())));
    }

    /** As {@link #dmar}. */
    static void iort(byte[] bytes) {
        readIort(bytes);
        if (bytes.length >= HEADER) {
            readIort(mended("IORT", bytes));
        }
    }

    private static void readIort(byte[] bytes) {
        Machine machine = withTable(bytes);
        typed(() -> new SmmuDriver().probe(machine));
        typed(() -> IortProbe.firmwareStreams(machine, SMMU_BASE));
        typed(() -> IortProbe.wires(machine, SMMU_BASE));
    }

    /** As {@link #dmar}. */
    static void ivrs(byte[] bytes) {
        typed(() -> new AmdDriver().probe(withTable(bytes)));
        if (bytes.length >= HEADER) {
            typed(() -> new AmdDriver().probe(withTable(mended("IVRS", bytes))));
        }
    }

    /** A machine with one firmware table, whatever its signature. */
    private static Machine withTable(byte[] bytes) {
        return (Machine) Proxy.newProxyInstance(Machine.class.getClassLoader(), new Class<?>[] {Machine.class},
                (proxy, method, arguments) -> method.getName().equals("firmwareTable") ? Optional.of(bytes) : null);
    }

    private static byte[] mended(String signatureText, byte[] bytes) {
        byte[] mended = bytes.clone();
        byte[] signature = signatureText.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(signature, 0, mended, 0, signature.length);
        for (int i = 0; i < Integer.BYTES; i++) {
            mended[LENGTH + i] = (byte) (mended.length >>> Byte.SIZE * i);
        }
        mended[CHECKSUM] = 0;
        byte sum = 0;
        for (byte each : mended) {
            sum += each;
        }
        mended[CHECKSUM] = (byte) -sum;
        return mended;
    }

    /** Up to the tree of buses. */
    static void lspci(byte[] bytes) {
        typed(() -> {
            LspciDevices listed = LspciDevices.read("fuzz", new String(bytes, StandardCharsets.ISO_8859_1));
            String machine = "{\"name\": \"m\", \"physicalAddressBits\": 39, \"ram\": [{\"start\": 0, "
                    + "\"length\": 4096}], \"devices\": " + listed.devices() + "}";
            new PciTree(MachineReader.read(DefinitionNode.parse("fuzz", machine)).devices());
        });
    }

    static void trace(byte[] bytes) {
        try {
            TracePlan.read(TraceSource.of("fuzz", () -> new ByteArrayInputStream(bytes)));
        } catch (TraceException e) {
            check(e.getMessage());
        }
    }

    private static void typed(Runnable reader) {
        try {
            reader.run();
        } catch (IommuException e) {
            check(e.getMessage());
            if (e.reason() != Reason.BAD_INPUT) {
                throw new AssertionError("bad input is refused as " + e.reason(), e);
            }
        }
    }

    private static void check(String message) {
        if (message == null || message.isBlank()) {
            throw new AssertionError("refused without a message");
        }
    }
}
