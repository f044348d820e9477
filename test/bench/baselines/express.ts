/** Express with its JSON parser, keeping nothing: what the usual framework costs by itself. */
import express from 'express';
import { listen } from './listen.js';

const app = express();
app.use(express.json());
app.post('/egain/callback', (_request, response) => {
  response.json({});
});
listen((request, response) => void app(request, response));
