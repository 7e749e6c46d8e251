import { inject } from "vitest";
import { driverSuite } from "../driver.suite.ts";
import { setDockerStage } from "./testing/docker-stage.ts";

driverSuite("docker", () => setDockerStage(inject("docker")));
