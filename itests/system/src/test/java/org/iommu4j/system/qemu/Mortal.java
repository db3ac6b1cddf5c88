package org.iommu4j.system.qemu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.dma.DmaDirection;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.qemu.machine.QemuBoard;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.system.rig.QemuRig;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.vtd.VtdDriver;

/** A JVM of its own that drives a machine until it is killed, and tells on standard output what it has done. */
final class Mortal implements AutoCloseable {
    static final String DEVICE = "0000:00:05.0";
    static final String OTHER = "0000:00:06.0";
    static final long IOVA = 0x12_3456_7000L;
    static final long PAGE = PhysicalMemory.PAGE;
    static final long SOURCE = 0x100_0000;
    static final long TARGET = 0x200_0000;
    static final long OTHER_TARGET = 0x300_0000;
    private static final long BUSY = IOVA + (1 << 30);
    private static final int BAR_0 = 0x10;
    private static final String SAYS = "mortal ";

    private final Process jvm;
    private final BufferedReader said;

    /** Returns when the first domain is in force. */
    Mortal(QemuDefinition definition, Path keep) throws IOException {
        jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Mortal.class.getName(), definition.name(), keep.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        said = new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
    }

    /** What it says next: numbers. */
    long[] says() throws IOException {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(SAYS)) {
                String[] words = line.substring(SAYS.length()).split(" ");
                long[] numbers = new long[words.length];
                for (int i = 0; i < words.length; i++) {
                    numbers[i] = Long.decode(words[i]);
                }
                return numbers;
            }
        }
        throw new IOException("the JVM has ended");
    }

    /** Has it go on. */
    void tell() throws IOException {
        jvm.getOutputStream().write('\n');
        jvm.getOutputStream().flush();
    }

    /** As the operating system does it, without a chance to say anything. */
    @Override
    public void close() {
        jvm.destroyForcibly();
        jvm.onExit().join();
    }

    public static void main(String[] arguments) throws IOException {
        QemuRig rig = new QemuRig(new QemuBoard(QemuDefinition.valueOf(arguments[0])), new VtdDriver(),
                Optional.of(Path.of(arguments[1])));
        rig.awaitState(UnitState.DRIVEN);
        Device device = rig.device(DEVICE);
        Domain domain = rig.iommu().allocate(device.group());
        rig.domains().map(domain, IOVA, SOURCE, PAGE, Rig.RW);
        rig.domains().map(domain, IOVA + PAGE, TARGET, PAGE, Rig.RW);
        rig.iommu().replace(device.group(), domain);
        long given = rig.dma().map(rig.device(OTHER), OTHER_TARGET, PAGE, DmaDirection.BIDIRECTIONAL);
        say(domain.id(), given, bar(rig, DEVICE), bar(rig, OTHER));
        System.in.read();
        Domain second = rig.iommu().allocate(device.group());
        rig.domains().map(second, IOVA, SOURCE, PAGE, Rig.RW);
        rig.domains().map(second, IOVA + PAGE, TARGET + PAGE, PAGE, Rig.RW);
        rig.iommu().replace(device.group(), second);
        say(second.id());
        while (true) {
            rig.domains().map(second, BUSY, TARGET, PAGE, Rig.RW);
            rig.domains().unmap(second, BUSY, PAGE);
        }
    }

    private static long bar(QemuRig rig, String address) {
        PciFunction function = rig.machine().functions().stream()
                .filter(each -> each.address().equals(PciAddress.parse(address))).findFirst().orElseThrow();
        return Integer.toUnsignedLong(function.readConfiguration(BAR_0));
    }

    private static void say(long... numbers) {
        StringBuilder line = new StringBuilder(SAYS);
        for (long number : numbers) {
            line.append(number).append(' ');
        }
        System.out.println(line);
    }
}
