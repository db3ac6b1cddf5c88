package org.iommu4j.replay.machine;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.play.Cast;
import org.iommu4j.replay.play.Settings;

/** A simulated machine with the trace's own devices and groups, and as much memory. */
final class SimulatedBoard implements Board {
    private final String name;
    private final TracePlan plan;
    private final InventedTopology topology;
    private final TraceFrames frames;
    private final JsonObject definition;

    SimulatedBoard(String template, String name, TracePlan plan, Settings settings) {
        this.name = name;
        this.plan = plan;
        this.topology = InventedTopology.of(plan);
        MachineDefinition machine = new MachineDefinition(template, name);
        this.frames = machine.frames(plan);
        // Each device has a channel for who plays the events, and one for each feeder.
        this.definition = machine.of(plan, topology, Math.max(1, settings.feeders()), settings.feeders() + 1);
    }

    @Override
    public String factory() {
        return "org.iommu4j.hwsim";
    }

    @Override
    public Map<String, Object> properties() {
        return Map.of("machine", name, "file", MachineDefinition.write(definition).toString());
    }

    @Override
    public List<String> differences(IommuOps iommu) {
        return GroupCheck.differences(plan, iommu);
    }

    @Override
    public Cast cast(PhysicalMemory memory) {
        return new GeneratorCast(topology, frames);
    }

    @Override
    public List<String> notes() {
        return frames.notes();
    }
}
