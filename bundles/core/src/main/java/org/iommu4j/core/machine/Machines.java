package org.iommu4j.core.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.status.DomainReport;
import org.iommu4j.api.status.DriverReport;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.SwapReport;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.core.handover.Bounds;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Brings the machines and the drivers of the framework together, and answers for all of them. */
@Component(immediate = true, service = {UnitStatus.class, DriverSwap.class}, configurationPid = "org.iommu4j.core")
@Designate(ocd = Machines.Config.class)
public final class Machines implements UnitStatus, DriverSwap {
    /** Times are in milliseconds. */
    @ObjectClassDefinition(name = "iommu4j core")
    public @interface Config {
        @AttributeDefinition(description = "Directory of the machines' memory files; empty: temporary files")
        String memory_directory() default "";

        @AttributeDefinition(description = "Let groups be claimed although their devices' interrupts are not isolated")
        boolean allow__unsafe__interrupts() default false;

        @AttributeDefinition(description = "How long a handover waits for calls inside the driver")
        long drain_millis() default 2000;

        @AttributeDefinition(description = "How long one life-cycle call into a driver may take")
        long step_millis() default 2000;

        @AttributeDefinition(description = "How long a driver's going may take in all; below 5000")
        long unbind_millis() default 4000;

        @AttributeDefinition(description = "Without a driver for this long, calls fail")
        long absent_millis() default 2000;

        @AttributeDefinition(description = "Without a driver for this long, DMA is stopped")
        long block_millis() default 10_000;

        @AttributeDefinition(description = "How long a swap waits for the successor's driver service")
        long bind_millis() default 5000;
    }

    private final Boards boards;
    private final UnitStatus status;
    private final DriverSwap swaps;

    @Activate
    public Machines(BundleContext context, Config config) {
        Bounds bounds = Bounds.ofMillis(config.drain_millis(), config.step_millis(), config.unbind_millis(),
                config.absent_millis(), config.block_millis(), config.bind_millis());
        Optional<Path> directory =
                Optional.of(config.memory_directory()).filter(text -> !text.isEmpty()).map(Path::of);
        Framework framework = new Framework(context);
        this.boards = new Boards(new Settings(bounds, directory, config.allow__unsafe__interrupts()),
                framework);
        this.status = boards.status();
        this.swaps = boards.swaps(framework);
    }

    /** Orderly and failing closed: every unit is turned off, every device's DMA stopped. */
    @Deactivate
    void deactivate() {
        boards.close();
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    void bindMachine(Machine machine) {
        boards.add(machine);
    }

    void unbindMachine(Machine machine) {
        boards.remove(machine);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    void bindDriver(IommuDriver driver, ServiceReference<IommuDriver> reference) {
        boards.add(Framework.candidate(driver, reference));
    }

    void unbindDriver(IommuDriver driver, ServiceReference<IommuDriver> reference) {
        boards.removeDriver(Framework.serviceId(reference));
    }

    @Override
    public SwapReport swap(String bundle, Path jar) {
        return swaps.swap(bundle, jar);
    }

    @Override
    public List<String> machines() {
        return status.machines();
    }

    @Override
    public List<UnitReport> units() {
        return status.units();
    }

    @Override
    public List<DomainReport> domains() {
        return status.domains();
    }

    @Override
    public List<DriverReport> drivers() {
        return status.drivers();
    }

    @Override
    public List<DmaFault> faults(String machine) {
        return status.faults(machine);
    }

    @Override
    public Map<String, Long> counters(String machine) {
        return status.counters(machine);
    }

    @Override
    public List<WalkStep> walk(String machine, PciAddress device, long iova) {
        return status.walk(machine, device, iova);
    }
}
